/**
 * A program that asks pipelines for random things for hours, damages their files meanwhile, and
 * measures whether anything is left behind.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>A new reader, or its documented exceptions: {@code fuzz.*Targets}; how a soak disturbs,
 *       {@code fuzz.soak.Disturbance}.
 * </ul>
 */
@NullMarked
package dev.sdlora.fuzz.soak;

import org.jspecify.annotations.NullMarked;
