/**
 * The door for checkpoints: recognises the layouts that people download, reads the dimensions of
 * the networks off the tensors, and finds every weight under its name in the file. Foreign names
 * stay in this package.
 */
@NullMarked
package dev.sdlora.pipeline.checkpoint;

import org.jspecify.annotations.NullMarked;
