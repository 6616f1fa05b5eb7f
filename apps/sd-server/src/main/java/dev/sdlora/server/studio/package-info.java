/** The studio: a web page, and what it asks for beside jobs. */
@NullMarked
package dev.sdlora.server.studio;

import org.jspecify.annotations.NullMarked;
