"""RabbitMQ as the broker: `make test-rabbitmq`, outside `make test`; needs Debian's rabbitmq-server."""
