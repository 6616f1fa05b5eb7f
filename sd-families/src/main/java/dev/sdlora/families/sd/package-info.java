/**
 * SD 1.x, SD 2.x, SDXL and its refiner: what they differ in, a row of {@code SdVersion} for each,
 * their recognition in single files, and what drawing asks of models with a U-Net.
 */
@NullMarked
package dev.sdlora.families.sd;

import org.jspecify.annotations.NullMarked;
