/**
 * Options of a training, grouped as in the help.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>An option of a training: the group that has its heading, listed in {@code TrainingOptions}.
 *   <li>The report of a plan: {@code PlanView}.
 * </ul>
 */
@NullMarked
package dev.sdlora.cli.training;

import org.jspecify.annotations.NullMarked;
