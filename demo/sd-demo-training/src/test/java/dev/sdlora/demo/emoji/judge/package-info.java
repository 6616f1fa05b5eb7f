@NullMarked
package dev.sdlora.demo.emoji.judge;

import org.jspecify.annotations.NullMarked;
