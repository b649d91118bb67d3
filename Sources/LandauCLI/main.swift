import LandauCommand

CommandLineProgram.main()
