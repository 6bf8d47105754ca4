"""An engine-neutral conformance suite for Arazzo: scenarios, and a harness that runs any engine through them."""
