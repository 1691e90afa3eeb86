#!/usr/bin/env python3
"""Welcomes whoever comes: swarmchat bot lobby -- python3 welcome.py"""

import json
import sys


def act(**action):
    print(json.dumps(action), flush=True)


def say(text):
    act(type="say", text=text)


act(type="commands", commands=["hello"])
for line in sys.stdin:
    event = json.loads(line)
    if event["type"] == "join" and not event["bot"] and not event["present"]:
        say(f"Welcome, {event['nick']}!")
    elif event["type"] == "message" and event["text"] == "/hello":
        say(f"Hello, {event['nick']}.")
    elif event["type"] == "ready":
        print(f"welcoming in {event['room']}", file=sys.stderr)
