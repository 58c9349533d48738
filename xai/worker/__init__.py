"""The locked-down process in which everything uploaded lives, and the app's door to it (`client.Workers`)."""
