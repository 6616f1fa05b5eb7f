package dev.sdlora.cli;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import picocli.CommandLine;

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
    frontOptions.addAll(List.of("--max-jobs", Integer.toString(maxJobs)));
    workerOptions = new ArrayList<>(jobs);
    boolean roles = hasRoles();
    if (roles) {
      frontOptions.addAll(List.of("--role", "front"));
    }
    frontProcess = ServingProcess.startAt(0, frontOptions);
    front = frontProcess.address();
    if (roles) {
      workerOptions.addAll(List.of("--role", "worker", "--front", front.toString()));
    } else {
      workerOptions.addAll(List.of("--max-jobs", Integer.toString(maxJobs)));
    }
    for (int i = 0; i < WORKERS; i++) {
      workers.add(ServingProcess.startAt(0, workerOptions));
    }
  }

  private static boolean hasRoles() {
    CommandLine serve = Sd.commandLine().getSubcommands().get("serve");
    return serve != null && serve.getCommandSpec().findOption("--role") != null;
  }

  /** The address of the front, also after it was started again. */
  URI front() {
    return front;
  }

  /** The worker that is never killed. */
  ServingProcess spared() {
    return workers.get(WORKERS - 1);
  }

  /** Kills the front or a worker, and starts it again. */
  void killOne(Random random) throws IOException {
    int which = random.nextInt(WORKERS);
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
