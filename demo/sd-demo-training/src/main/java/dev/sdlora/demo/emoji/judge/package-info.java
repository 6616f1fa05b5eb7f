/** Says what pictures of drawings show, and how often that is what was asked for. */
@NullMarked
package dev.sdlora.demo.emoji.judge;

import org.jspecify.annotations.NullMarked;
