/** Tests of preprocessors of control images. */
@NullMarked
package dev.sdlora.pipeline.preprocess;

import org.jspecify.annotations.NullMarked;
