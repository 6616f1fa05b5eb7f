package dev.sdlora.lora.format;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Some rows of a matrix, in the order in which another matrix has them: the rows of a fused matrix
 * that belong to one layer, or all rows with the halves swapped.
 *
 * @param whole the number of rows of the matrix
 * @param spans the rows, as contiguous spans that do not overlap, at least one
 */
public record Rows(long whole, List<Span> spans) {

  /**
   * Contiguous rows.
   *
   * @param first the index of the first row, from 0
   * @param count the number of rows, at least 1
   */
  public record Span(long first, long count) {}

  /**
   * Copies the spans.
   *
   * @throws IllegalArgumentException if there is no span, or one is empty or outside of the matrix
   */
  public Rows {
    spans = List.copyOf(spans);
    long rows = whole;
    if (spans.isEmpty()
        || spans.stream().anyMatch(s -> s.first < 0 || s.count < 1 || s.first > rows - s.count)) {
      throw new IllegalArgumentException("no rows of " + whole + ": " + spans);
    }
  }

  /** Contiguous rows of a matrix. */
  public static Rows of(long whole, long first, long count) {
    return new Rows(whole, List.of(new Span(first, count)));
  }

  /** All rows of a matrix, the second half before the first. */
  public static Rows swapped(long whole) {
    long half = whole / 2;
    return new Rows(whole, List.of(new Span(half, whole - half), new Span(0, half)));
  }

  /** The number of rows. */
  public long count() {
    return spans.stream().mapToLong(Span::count).sum();
  }

  /** The start and length of each span, one after the other. */
  public long[] numbers() {
    return spans.stream().flatMapToLong(span -> LongStream.of(span.first, span.count)).toArray();
  }

  /** Whether every span starts and ends between blocks of this many rows. */
  boolean areWholeBlocks(long size) {
    return spans.stream().allMatch(span -> span.first % size == 0 && span.count % size == 0);
  }

  /** Selects the rows of a matrix in row-major order. */
  public float[] of(float[] matrix) {
    int columns = Math.toIntExact(matrix.length / whole);
    float[] chosen = new float[Math.toIntExact(count() * columns)];
    int at = 0;
    for (Span span : spans) {
      int length = Math.toIntExact(span.count * columns);
      System.arraycopy(matrix, Math.toIntExact(span.first * columns), chosen, at, length);
      at += length;
    }
    return chosen;
  }

  /** The rows of matrices that are stacked in this order, one for each count. */
  public static List<Rows> stacked(List<Long> counts) {
    long whole = counts.stream().mapToLong(Long::longValue).sum();
    List<Rows> all = new ArrayList<>();
    long first = 0;
    for (long count : counts) {
      all.add(of(whole, first, count));
      first += count;
    }
    return all;
  }
}
