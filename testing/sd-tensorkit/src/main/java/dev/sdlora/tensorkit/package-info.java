/**
 * Tensors for the tests of several modules: goldens, random weights, and writers of files in the
 * formats of other programs.
 */
@NullMarked
package dev.sdlora.tensorkit;

import org.jspecify.annotations.NullMarked;
