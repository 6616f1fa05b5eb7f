@NullMarked
package dev.sdlora.prompt.schedule;

import org.jspecify.annotations.NullMarked;
