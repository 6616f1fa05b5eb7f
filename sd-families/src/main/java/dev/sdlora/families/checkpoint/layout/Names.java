package dev.sdlora.families.checkpoint.layout;

/** Translates this library's weight names to those of a file layout. */
@FunctionalInterface
public interface Names {
  /** Returns the name in the file for a weight with the given diffusers name. */
  String inFile(String name);
}
