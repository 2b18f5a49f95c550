# stands for the user's own file
