package dev.sdlora.server.job.store;

import dev.sdlora.server.job.JobState;
import dev.sdlora.server.key.Sender;
import dev.sdlora.server.trace.Origin;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job in the database, without its request and its images.
 *
 * @param status what changes while it is drawn
 * @param kind the API call, such as {@code txt2img}
 * @param title the prompt
 * @param parts the number of images
 * @param settings the fields of the request without images, as JSON
 * @param created the time of arrival in milliseconds since 1970
 * @param format the way in which the fields are read
 * @param origin the HTTP request that submitted it
 * @param sender the sender
 */
public record StoredJob(
    Status status,
    String kind,
    String title,
    int parts,
    String settings,
    long created,
    RequestFormat format,
    Origin origin,
    Sender sender) {

  /** Returns the id. */
  public String id() {
    return status.id();
  }

  /**
   * The part of a job that changes while it waits and is drawn.
   *
   * @param id the id
   * @param state the state
   * @param place waiting jobs are drawn in this order
   * @param report the progress or the result; see {@link JobReport}
   */
  public record Status(String id, JobState state, double place, String report) {}

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
   * @param body the fields of the request, which refer to its images, as JSON
   * @param images the files of the images, by their SHA-256
   * @param format the way in which the fields are read
   * @param requiredFiles the files that it needs; empty if its servers have them
   * @param origin the HTTP request that submits it
   * @param sender the sender
   * @param maxJobs the limit of unfinished jobs of its owner on all servers; 0 for none
   */
  public record Draft(
      String id,
      String model,
      String affinity,
      String kind,
      String title,
      int parts,
      long created,
      String settings,
      String body,
      Map<String, byte[]> images,
      RequestFormat format,
      Optional<RequiredFiles> requiredFiles,
      Origin origin,
      Sender sender,
      int maxJobs) {}

  /**
   * A job that this server has to draw.
   *
   * @param id the id
   * @param attempt counts the servers that began it, from 1
   * @param kind the API call
   * @param body the fields of the request, which refer to its images, as JSON
   * @param format the way in which the fields are read
   * @param affinity the LoRAs of its prompt
   * @param needs the files that it needs
   */
  public record Claim(
      String id,
      int attempt,
      String kind,
      String body,
      @Nullable String format,
      String affinity,
      Needs needs) {
    /** Returns the claim of another attempt. */
    Claim of(int other) {
      return new Claim(id, other, kind, body, format, affinity, needs);
    }
  }

  /**
   * The files of a job.
   *
   * @param model the name of the checkpoint
   * @param files the files by kind, name and hash, as JSON; empty if the server has them
   */
  public record Needs(String model, Optional<String> files) {}

  /** Reads the columns of a claim, whose attempt has not begun. */
  static Claim claim(ResultSet row) throws SQLException {
    return new Claim(
        row.getString("id"),
        0,
        row.getString("kind"),
        row.getString("body"),
        row.getString("form"),
        row.getString("affinity"),
        new Needs(row.getString("model"), Optional.ofNullable(row.getString("files"))));
  }

  /** Reads the state of a job. */
  static JobState state(ResultSet row) throws SQLException {
    return JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
  }

  /** A kind of images next to those of a job. */
  public enum Part {
    /** A preview that the request wants. */
    PREVIEW,
    /** An image of a grid. */
    CELL;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
