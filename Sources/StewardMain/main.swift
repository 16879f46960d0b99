import StewardCLI

await CommandLineProgram.run()
