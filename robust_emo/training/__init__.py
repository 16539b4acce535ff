"""Fine-tuning: from labelled texts and a base model to a model directory; train_step -> run_epoch -> fit."""
