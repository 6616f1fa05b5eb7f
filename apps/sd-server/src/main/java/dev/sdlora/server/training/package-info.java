/**
 * Training of LoRAs over HTTP: requests, progress, files.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The limits of trainings over HTTP: {@code server.training.TrainingLimits}, and those of
 *       rules in {@code LayerPattern}.
 *   <li>A setting of training: its row in {@code dev.sdlora.training.setting} makes the field, or
 *       says why there is none; what depends on other fields is in {@code TrainingOptions}. On the
 *       page, {@code studio/training/options.js}.
 *   <li>A training over HTTP: its images, progress, report and files: {@code TrainingImages},
 *       {@code Training}, {@code Trainings} and {@code LoraFolder} in {@code server.training}; on
 *       the page, {@code studio/training}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.training;

import org.jspecify.annotations.NullMarked;
