@NullMarked
package dev.sdlora.testkit;

import org.jspecify.annotations.NullMarked;
