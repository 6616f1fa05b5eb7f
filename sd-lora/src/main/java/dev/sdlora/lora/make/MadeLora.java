package dev.sdlora.lora.make;

import java.nio.file.Path;

/**
 * A LoRA file that was written.
 *
 * @param file where
 * @param modules how many layers it changes
 * @param rank the largest rank among its layers
 * @param keptEnergy how much of the change it keeps: the sum of squares over all layers, as a share
 *     of that of the original change; 1 where nothing was left out on purpose
 */
public record MadeLora(Path file, int modules, int rank, double keptEnergy) {}
