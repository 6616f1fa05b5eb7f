/**
 * LoRAs that are trained over HTTP: what is asked, how it goes, where files come to lie.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>The bounds of trainings over HTTP: {@code server.training.TrainingReader}.
 *   <li>A training over HTTP: its fields, what it tells, where its files lie: {@code
 *       server.training}: {@code TrainingReader}, {@code Training}, {@code Trainings} and {@code
 *       LoraFolder}; on the page, {@code studio/training}.
 * </ul>
 */
@NullMarked
package dev.sdlora.server.training;

import org.jspecify.annotations.NullMarked;
