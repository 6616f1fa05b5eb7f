package dev.sdlora.fuzz;

import java.util.Set;

/**
 * Something that reads bytes from outside.
 *
 * @param name what it is called on command lines, also the folder of its corpus
 * @param refusals the exceptions that the documentation of what it calls names; no subclass of them
 *     counts, so that a {@link NumberFormatException} is not taken for an {@link
 *     IllegalArgumentException} that somebody meant
 * @param reading what it does
 */
record Target(String name, Set<Class<? extends Exception>> refusals, Reading reading) {

  /** Reads one input. */
  @FunctionalInterface
  interface Reading {
    /**
     * Reads an input to the end.
     *
     * @throws Exception if the input is refused, or there is a fault
     */
    void read(byte[] input) throws Exception;
  }

  /** Copies the set. */
  Target {
    refusals = Set.copyOf(refusals);
  }
}
