import { availableParallelism, totalmem } from 'node:os'

export type PostgresSettings = Record<string, string | number>

const MB = 1024 * 1024

/** Memory this process may use: that of the machine or, in a container, its limit. */
export function usableMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/**
 * Settings of the built-in server. Durable without exception; sized for a machine that it shares with the platform.
 * @param memory bytes the machine has
 */
export function postgresSettings(memory: number, cores = availableParallelism()): PostgresSettings {
  const mb = Math.floor(memory / MB)
  const between = (low: number, value: number, high: number) => Math.max(low, Math.min(high, Math.floor(value)))
  return {
    // Durability
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // After a crash one call for the file system instead of one for each of a thousand files: on a busy disk 0.4 s, not 4 s.
    ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
    // Memory: an eighth of the machine as cache; the file cache of the system does the rest.
    shared_buffers: `${between(32, mb / 8, 2048)}MB`,
    effective_cache_size: `${between(128, mb / 2, 65_536)}MB`,
    work_mem: `${between(4, mb / 1024, 32)}MB`,
    maintenance_work_mem: `${between(32, mb / 64, 512)}MB`,
    wal_buffers: '16MB',
    // Write-ahead log and checkpoints: few, spread out, so that full page images stay rare.
    wal_compression: 'pglz',
    max_wal_size: '4GB',
    min_wal_size: '256MB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: 0.9,
    // Plans: short statements on few cores. Workers of parallel plans would take the cores from other people's
    // requests; a long analysis may ask for them with SET LOCAL. Compiling plans costs more than it brings.
    jit: 'off',
    max_worker_processes: between(4, cores * 2, 16),
    max_parallel_workers_per_gather: 0,
    max_parallel_workers: between(1, cores, 8),
    max_parallel_maintenance_workers: between(1, cores, 4),
    random_page_cost: 1.1,
    effective_io_concurrency: 32,
    // Vacuum often, in small portions: rows of open work change many times.
    autovacuum_vacuum_scale_factor: 0.05,
    autovacuum_analyze_scale_factor: 0.02,
    autovacuum_vacuum_cost_limit: 1000,
    // Connections: the server's own pool, jobs, the command line.
    max_connections: 100,
    tcp_keepalives_idle: 60,
    idle_in_transaction_session_timeout: '5min',
    // Text and time mean the same everywhere.
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    // The log of the server holds no statement and no row: errors go to the client alone, which cleans them.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    log_line_prefix: '%m [%p] ',
    log_checkpoints: 'on',
    log_autovacuum_min_duration: -1,
  }
}
