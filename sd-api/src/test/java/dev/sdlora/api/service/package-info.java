@NullMarked
package dev.sdlora.api.service;

import org.jspecify.annotations.NullMarked;
