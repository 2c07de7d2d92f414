"""What people see in one long conversation with the bot, recorded and compared.

A scene is a script of requests against the bot between the pretend Slack and the pretend Flashduty. The recording
holds what people see of it: texts, blocks, labels of controls, who sees a message and where, and what a message
becomes. It holds no action ids and no button values, so that those may change.
"""
