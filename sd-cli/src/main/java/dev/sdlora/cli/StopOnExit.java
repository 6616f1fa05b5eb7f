package dev.sdlora.cli;

import dev.sdlora.api.Pipeline;

/** Lets Ctrl-C stop a generation within a step, so that the process ends in order. */
final class StopOnExit {
  private StopOnExit() {}

  /** From now on, the end of the process interrupts this thread and waits for the pipeline. */
  static void watch(Pipeline pipeline) {
    Thread worker = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  worker.interrupt();
                  pipeline.close();
                }));
  }
}
