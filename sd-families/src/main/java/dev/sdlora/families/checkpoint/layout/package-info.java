/**
 * What files say: names of layers in the layouts that people download, the dimensions of networks
 * by their tensors' shapes, and settings in metadata and in diffusers folders.
 */
@NullMarked
package dev.sdlora.families.checkpoint.layout;

import org.jspecify.annotations.NullMarked;
