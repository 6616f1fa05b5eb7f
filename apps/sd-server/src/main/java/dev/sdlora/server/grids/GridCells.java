package dev.sdlora.server.grids;

import dev.sdlora.request.image.ImageLookup;
import dev.sdlora.server.job.Job;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The images in the grids of known jobs, named {@code ID/NUMBER}, counted from 0. */
public final class GridCells implements ImageLookup {
  private static final Pattern NAME = Pattern.compile("(.+)/(\\d{1,6})");

  private final Function<String, Optional<Job>> jobs;

  /**
   * Creates a lookup.
   *
   * @param jobs finds a job that the client may see
   */
  public GridCells(Function<String, Optional<Job>> jobs) {
    this.jobs = jobs;
  }

  @Override
  public Optional<byte[]> find(String name) {
    Matcher parts = NAME.matcher(name);
    return parts.matches()
        ? jobs.apply(parts.group(1))
            .filter(job -> job.kind().equals(GridsApi.KIND))
            .flatMap(job -> job.work().cell(Integer.parseInt(parts.group(2))))
        : Optional.empty();
  }
}
