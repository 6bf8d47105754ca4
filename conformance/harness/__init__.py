"""The harness: scenarios are played by a scripted server, engines are processes, a judge compares."""
