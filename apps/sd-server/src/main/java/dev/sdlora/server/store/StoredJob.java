package dev.sdlora.server.store;

import dev.sdlora.server.job.JobState;
import java.util.Optional;

/**
 * A job in the database, without its request and its images.
 *
 * @param id the id
 * @param kind the API call, such as {@code txt2img}
 * @param title the prompt
 * @param parts the number of images
 * @param settings the fields of the request without images, as JSON
 * @param state the state
 * @param place waiting jobs are drawn in this order
 * @param created the time of arrival in milliseconds since 1970
 * @param worker the server that draws or drew it
 * @param report the progress or the result; see {@link JobReport}
 */
record StoredJob(
    String id,
    String kind,
    String title,
    int parts,
    String settings,
    JobState state,
    double place,
    long created,
    Optional<String> worker,
    JobReport report) {

  /**
   * A job to store.
   *
   * @param id the id
   * @param model the name of the checkpoint that draws it
   * @param affinity the LoRAs of its prompt; servers prefer jobs with the LoRAs that they applied
   * @param kind the API call
   * @param title the prompt
   * @param parts the number of images
   * @param created the time of arrival in milliseconds since 1970
   * @param settings the fields of the request without images, as JSON
   * @param body the fields of the request with all images, as JSON
   */
  record Draft(
      String id,
      String model,
      String affinity,
      String kind,
      String title,
      int parts,
      long created,
      String settings,
      String body) {}

  /**
   * A job that this server has to draw.
   *
   * @param id the id
   * @param attempt counts the servers that began it, from 1
   * @param body the fields of the request with all images, as JSON
   */
  record Claim(String id, int attempt, String body) {}
}
