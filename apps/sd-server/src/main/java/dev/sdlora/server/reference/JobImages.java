package dev.sdlora.server.reference;

import dev.sdlora.request.image.ImageLookup;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The images of known jobs, named {@code ID/NUMBER}, counted from 0. */
public final class JobImages implements ImageLookup {
  private static final Pattern NAME = Pattern.compile("(.+)/(\\d{1,6})");

  private final Function<String, Optional<Job>> jobs;

  /**
   * Creates a lookup.
   *
   * @param jobs finds a job that the client may see
   */
  public JobImages(Function<String, Optional<Job>> jobs) {
    this.jobs = jobs;
  }

  @Override
  public Optional<byte[]> find(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int number = Integer.parseInt(parts.group(2));
    List<JobImage> images = jobs.apply(parts.group(1)).map(Job::images).orElse(List.of());
    return number < images.size() ? Optional.of(images.get(number).png()) : Optional.empty();
  }
}
