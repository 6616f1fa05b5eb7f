package dev.sdlora.cli;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A front and workers as processes, which are killed and started again at random. The last worker
 * is spared, so that what it holds can be compared. Used by one thread at a time, except for {@link
 * #front}.
 */
final class Cluster implements AutoCloseable {
  private static final int WORKERS = 3;

  private final List<String> frontOptions;
  private final List<String> workerOptions;
  private final List<ServingProcess> workers = new ArrayList<>();
  private final URI front;
  private ServingProcess frontProcess;
  private int kills;

  /** Starts all processes on a database. */
  Cluster(TemporaryPostgres postgres, int maxJobs) throws IOException {
    List<String> jobs = List.of("--jobs", postgres.address());
    frontOptions = new ArrayList<>(jobs);
    frontOptions.addAll(List.of("--role", "front", "--max-jobs", Integer.toString(maxJobs)));
    workerOptions = new ArrayList<>(jobs);
    frontProcess = ServingProcess.startAt(0, frontOptions);
    front = frontProcess.address();
    workerOptions.addAll(List.of("--role", "worker", "--front", front.toString()));
    for (int i = 0; i < WORKERS; i++) {
      workers.add(ServingProcess.startAt(0, workerOptions));
    }
  }

  /** The address of the front, also after it was started again. */
  URI front() {
    return front;
  }

  /** The worker that is never killed. */
  ServingProcess spared() {
    return workers.get(WORKERS - 1);
  }

  /** Kills the front, which is first, or a worker, and starts it again. */
  void killOne(Random random) throws IOException {
    int which = kills == 0 ? WORKERS - 1 : random.nextInt(WORKERS);
    if (which == WORKERS - 1) {
      frontProcess.close();
      frontProcess = ServingProcess.startAt(front.getPort(), frontOptions);
    } else {
      workers.get(which).close();
      workers.set(which, ServingProcess.startAt(0, workerOptions));
    }
    kills++;
  }

  int kills() {
    return kills;
  }

  /** The number of processes that use the database. */
  int size() {
    return WORKERS + 1;
  }

  @Override
  public void close() {
    frontProcess.close();
    workers.forEach(ServingProcess::close);
  }
}
