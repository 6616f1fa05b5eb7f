/** A web application that draws. */
@NullMarked
package dev.sdlora.examples.spring;

import org.jspecify.annotations.NullMarked;
