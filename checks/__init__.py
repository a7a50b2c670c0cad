"""What is promised about the data: the contract, and the gate that holds each version to it."""
