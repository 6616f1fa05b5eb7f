package dev.sdlora.pipeline.checkpoint;

/** Translates the names of weights inside this library into those of a file layout. */
@FunctionalInterface
interface Names {
  /** The name in the file for a weight that diffusers would call by the given name. */
  String inFile(String name);
}
