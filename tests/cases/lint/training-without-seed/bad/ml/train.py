print("no word of it")
