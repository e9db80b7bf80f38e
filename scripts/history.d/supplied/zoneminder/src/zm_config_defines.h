// Stands for the header that is generated from the program's options: those that
// any version of the table reads, and no way to set them.
#pragma once
#define ZM_MAX_CFG_ID 1
#define ZM_OPT_USE_AUTH 1
#define ZM_CFG_ASSIGN_LIST
#define ZM_CFG_DECLARE_LIST \
  int add_jpeg_comments, auth_hash_ips, auth_hash_ttl, bulk_frame_interval,    \
      captures_per_frame, colour_jpeg_files, cpu_extensions,                   \
      create_analysis_images, dump_cores,                    \
      event_image_digits, fast_image_blends, ffmpeg_open_timeout,              \
      forced_alarm_score, frame_socket_size, http_timeout,                     \
      jpeg_alarm_file_quality, jpeg_file_quality, jpeg_stream_quality,         \
      log_debug, log_debug_level, log_ffmpeg, log_level_database,              \
      log_level_file, log_level_syslog, log_level_term, max_rtp_port,          \
      max_suspend_time, min_rtp_port, min_rtsp_port, mpeg_timed_frames,        \
      mqtt_port, opt_adaptive_skip, opt_control, opt_frame_server,             \
      opt_use_auth, overlap_timed_events, record_diag_images,                  \
      record_diag_images_fifo, record_event_stats, shm_key,                    \
      signal_check_points, strict_video_config, timestamp_on_capture,          \
      use_deep_storage, v4l_multi_buffer, watch_max_delay,                     \
      weighted_alarm_centres;                                                  \
  const char *auth_hash_secret, *auth_relay, *dir_events, *event_close_mode, *font_file_location, \
      *go2rtc_path, *http_ua, *http_version, *janus_path, *janus_secret,       \
      *log_debug_file, *log_debug_target, *mqtt_hostname, *mqtt_password,      \
      *mqtt_topic_prefix, *mqtt_username, *path_logs, *path_map, *path_socks,  \
      *path_swap, *rtsp2web_path, *timestamp_code_char;
