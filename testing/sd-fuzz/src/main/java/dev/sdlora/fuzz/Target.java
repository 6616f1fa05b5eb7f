package dev.sdlora.fuzz;

import java.util.Set;

/**
 * A reader of untrusted bytes.
 *
 * @param name the name on command lines and of its corpus folder
 * @param refusals the documented exceptions of the methods it calls; subclasses do not count, so
 *     that a {@link NumberFormatException} is not mistaken for an intended {@link
 *     IllegalArgumentException}
 * @param reading the reader
 */
record Target(String name, Set<Class<? extends Exception>> refusals, Reading reading) {

  /** Reads one input. */
  @FunctionalInterface
  interface Reading {
    /**
     * Reads an input to the end.
     *
     * @throws Exception if the input is rejected, or there is a bug
     */
    void read(byte[] input) throws Exception;
  }

  /** Copies the set. */
  Target {
    refusals = Set.copyOf(refusals);
  }
}
