@NullMarked
package dev.sdlora.prompt.tree;

import org.jspecify.annotations.NullMarked;
