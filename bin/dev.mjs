#!/usr/bin/env -S npx tsx
// Runs the sources, without a build.
import { settings } from '@oclif/core/settings'
import { main } from '../src/program.ts'

settings.debug = true
process.env.NODE_ENV = 'development'
await main()
