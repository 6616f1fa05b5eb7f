/**
 * A program that asks pipelines for random things for hours, damages their files meanwhile, and
 * measures whether anything is left behind.
 */
@NullMarked
package dev.sdlora.fuzz.soak;

import org.jspecify.annotations.NullMarked;
