package dev.sdlora.cli;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The jobs of all clients, and what went wrong. Safe for use by several threads. */
final class ClusterRecord {
  /** The numbers of the requests of all jobs, by id. */
  final Map<String, Integer> jobs = new ConcurrentHashMap<>();

  /** The ids of jobs that clients cancelled. */
  final Set<String> cancelled = ConcurrentHashMap.newKeySet();

  /** Images in answers of A1111's API, base64, with the numbers of their requests. */
  final Map<String, Integer> images = new ConcurrentHashMap<>();

  final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

  /** Counts an answer. */
  void count(String what) {
    counts.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
