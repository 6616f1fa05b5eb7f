/**
 * What the bundled model is trained on: scenes composed of drawings from free emoji sets, with
 * captions.
 */
@org.jspecify.annotations.NullMarked
package dev.sdlora.demo.emoji;
