/**
 * What the tests of several modules share: small models, comparisons, the record of the public API.
 */
@NullMarked
package dev.sdlora.testkit;

import org.jspecify.annotations.NullMarked;
