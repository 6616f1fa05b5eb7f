package dev.sdlora.training;

/**
 * A measurement of the loss on images that are not trained on; see {@link
 * LoraTrainerBuilder#validation}.
 *
 * @param step the number of completed steps, 0 for the model without the LoRA
 * @param loss the mean loss at fixed noise, which can be compared with those of other steps
 */
public record ValidationLoss(int step, double loss) {}
