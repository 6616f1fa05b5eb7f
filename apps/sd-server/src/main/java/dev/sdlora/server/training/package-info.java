/**
 * Training of LoRAs over HTTP: requests, progress, files.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The limits of trainings over HTTP: {@code server.training.TrainingReader}.
 *   <li>A training over HTTP: its fields, progress and files: {@code TrainingReader}, {@code
 *       Training}, {@code Trainings} and {@code LoraFolder} in {@code server.training}; on the
 *       page, {@code studio/training}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.training;

import org.jspecify.annotations.NullMarked;
