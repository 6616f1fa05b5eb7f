package dev.sdlora.demo;

import java.util.function.IntToDoubleFunction;

/** Runs the steps of a training stage, printing progress and saving states. */
public final class StageLoop {
  private static final int PRINT_EVERY = 100;

  private StageLoop() {}

  /**
   * Runs a stage.
   *
   * @param name the name of the stage
   * @param from the number of steps already done
   * @param steps the number of steps of the whole stage
   * @param saveEvery the number of steps from one saved state to the next
   * @param train runs the step with the given number and returns its loss
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
