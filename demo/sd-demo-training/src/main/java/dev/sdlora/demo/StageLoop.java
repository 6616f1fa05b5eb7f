package dev.sdlora.demo;

import java.util.function.IntToDoubleFunction;

/** The steps of a stage that a network is trained in, with what is printed and saved on the way. */
public final class StageLoop {
  private static final int PRINT_EVERY = 100;

  private StageLoop() {}

  /**
   * Makes steps.
   *
   * @param name of the stage
   * @param from steps done before
   * @param steps of the whole stage
   * @param saveEvery steps between two saved states
   * @param train makes the step of a number and returns its loss
   */
  public static void run(
      String name, int from, int steps, int saveEvery, IntToDoubleFunction train, Runnable save) {
    double sum = 0;
    long start = System.nanoTime();
    for (int step = from; step < steps; step++) {
      sum += train.applyAsDouble(step);
      int done = step + 1;
      if (done % PRINT_EVERY == 0) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            "%s step %d loss %.5f %.3f s a step%n",
            name, done, sum / PRINT_EVERY, seconds / PRINT_EVERY);
        sum = 0;
        start = System.nanoTime();
      }
      if (done % saveEvery == 0 || done == steps) {
        save.run();
      }
    }
  }
}
