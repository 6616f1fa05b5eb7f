/**
 * A program that sends random requests to pipelines for hours, damages their files meanwhile, and
 * measures whether resources leak.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A new reader, or its documented exceptions: {@code fuzz.*Targets}; the disturbances of a
 *       soak run: {@code fuzz.soak.Disturbance}.
 * </ul>
 */
@NullMarked
package dev.sdlora.fuzz.soak;

import org.jspecify.annotations.NullMarked;
