/** Tests of the stages of training. */
@NullMarked
package dev.sdlora.demo.emoji.stage;

import org.jspecify.annotations.NullMarked;
